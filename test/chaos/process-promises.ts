import type { BookAttempt, History } from './history.ts';
import { describeAttempts, faultsBetween } from './history.ts';
import type { Evidence, Promises } from './promises.ts';
import type { SupervisedProcess } from './supervised-process.ts';

const answerWithinMs = 5_000;
const readyWithinMs = 10_000;
const nonePendingWithinMs = 60_000;
/** The sweeper would need longer than this, so the direct way works again. */
const finalizedWithinMs = 4_500;
const stoppedWithinMs = 10_000;

/** How the processes behave, whatever becomes of the bookings. */
export const processPromises: Promises = {
  'every request to a live, unpaused API is answered within 5 s': (evidence) =>
    evidence.history.attempts.flatMap((attempt) => {
      if (disturbed(evidence.processes, attempt)) return [];
      const { startedAt: from, endedAt: to, outcome } = attempt;
      const late = evidence.lateness.between(from, to);
      if (outcome.kind !== 'unanswered' && to - from - late <= answerWithinMs) return [];
      const about = `after ${Math.round(to - from)} ms (this process was late by ${Math.round(late)} ms)`;
      return [`${about}\n${describeAttempts(evidence.history, [attempt])}`];
    }),

  'trouble is answered as SERVICE_UNAVAILABLE and nothing else': ({ history }) =>
    history.attempts
      .filter(({ outcome }) => outcome.kind === 'failed' && outcome.code !== 'SERVICE_UNAVAILABLE')
      .map((attempt) => describeAttempts(history, [attempt])),

  'no answer carries SQL, a stack, a path or driver text': ({ history }) => history.leaks,

  'no process ends by itself': ({ history, processes }) =>
    processes.flatMap(({ endings }) =>
      endings.flatMap((ending) => {
        const excused = ending.kind === 'early' && databaseWasAway(history, ending.from, ending.at);
        if (ending.kind === 'told' || excused) return [];
        const faults = faultsBetween(history, ending.from, ending.at).join('\n');
        return [`${ending.process} at ${history.seconds(ending.at)} s (${ending.how})\n${ending.output}\n${faults}`];
      }),
    ),

  'SIGTERM ends a process with 0 within 10 s': ({ history, processes, lateness }) =>
    processes.flatMap(({ endings }) =>
      endings.flatMap(({ kind, process, from, at, how, output }) => {
        const afterMs = at - from - lateness.between(from, at);
        if (kind !== 'told' || (how === '0' && afterMs <= stoppedWithinMs)) return [];
        const faults = faultsBetween(history, from, at).join('\n');
        return [
          `${process} at ${history.seconds(from)} s: ${how} after ${Math.round(afterMs)} ms\n${output}\n${faults}`,
        ];
      }),
    ),

  'after the faults every /readyz is 200 within 10 s': ({ recovery: { readyMs } }) =>
    readyMs !== null && readyMs <= readyWithinMs ? [] : [`it took ${readyMs ?? 'more than 60000'} ms`],

  'after the faults no booking is PENDING for longer than 60 s': ({ recovery: { nonePendingMs } }) =>
    nonePendingMs !== null && nonePendingMs <= nonePendingWithinMs ? [] : ['some still are'],

  'after the faults a booking is finalized and seen at once again, through each API': ({ recovery }) =>
    [...recovery.finalizedMs].flatMap(([api, ms]) =>
      ms !== null && ms <= finalizedWithinMs ? [] : [`${api}: ${ms === null ? 'never seen' : `${Math.round(ms)} ms`}`],
    ),
};

/** The longest wait for an answer of an API that was neither stopped nor paused nor starting. */
export function longestAnswerMs({ history, processes }: Pick<Evidence, 'history' | 'processes'>): number {
  const answered = history.attempts.filter((attempt) => !disturbed(processes, attempt));
  return answered.reduce((longest, { startedAt, endedAt }) => Math.max(longest, endedAt - startedAt), 0);
}

type Heard = Pick<BookAttempt, 'api' | 'startedAt' | 'endedAt'>;
function disturbed(processes: readonly SupervisedProcess[], { api, startedAt, endedAt }: Heard): boolean {
  return processes.some((process) => process.name === api && process.disturbedDuring(startedAt, endedAt));
}

/** A start fails, and is tried again by whoever keeps the process, while the database is out of reach. */
function databaseWasAway(history: History, from: number, to: number): boolean {
  return history.faults.some(({ planned: { what }, from: since, to: until }) => {
    const ofDatabase = /^(postgresql|sqlite)/.test(what.type) || ('service' in what && what.service === 'database');
    return ofDatabase && since < to && from - 1_000 < until;
  });
}
