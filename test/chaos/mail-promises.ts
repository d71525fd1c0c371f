import type { Evidence, Promises } from './promises.ts';

const TERMINAL = ['FINALIZED', 'CANCELLED', 'FAILED'];
/** Mails that one process is at in the same moment, as many as a fault may leave without a record. */
const connections = 5;

/** What became of mails, against what the mail server had. */
export const mailPromises: Promises = {
  'every booking with an address had the mail about its status sent, and the others none': ({ rows, mails }) => {
    const taken = new Set(mails.taken.map(({ messageId }) => messageId));
    return rows.flatMap((row) => {
      const came =
        taken.has(messageIdOf(row.reference, row.status)) ||
        mails.unanswered.has(messageIdOf(row.reference, row.status));
      const right = row.email === null ? row.mailStatus === null && !came : row.mailStatus === 'SENT' && came;
      return right || !TERMINAL.includes(row.status) ? [] : [`${JSON.stringify(row)}, ${came ? 'which' : 'none'} came`];
    });
  },

  'a mail is taken a second time only where an answer or a worker was lost': (evidence) => {
    const times = new Map<string, number>();
    for (const { messageId } of evidence.mails.taken) times.set(messageId, (times.get(messageId) ?? 0) + 1);
    const again = [...times].filter(([, count]) => count > 1);
    const repeats = again.reduce((sum, [, count]) => sum + count - 1, 0);
    const most = connections * accidents(evidence);
    return repeats <= most ? [] : [`${repeats} repeats of ${again.length} mails after ${most / connections} accidents`];
  },
};

function messageIdOf(reference: string, status: string): string {
  return `<${reference}.${status.toLowerCase()}@shop.example>`;
}

/** Faults by which a worker can die, lose the database, or be late with what it knows. */
function accidents({ history }: Pick<Evidence, 'history'>): number {
  return history.faults.filter(({ planned: { what } }) => {
    const ofWorker = 'process' in what && what.process.startsWith('worker');
    return ofWorker || /^(postgresql|sqlite)/.test(what.type);
  }).length;
}
