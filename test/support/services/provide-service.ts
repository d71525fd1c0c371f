import { messageOf } from './message-of.ts';
import type { ServiceKind, StartedService } from './service-kind.ts';

/**
 * One service for the test run: the one that the environment names, else a container, else a program
 * of this machine. It answers, or this throws: tests never go on without it.
 */
export async function provideService(
  kind: ServiceKind,
  env: NodeJS.ProcessEnv,
  { useDocker, print }: { useDocker: boolean; print: (line: string) => void },
): Promise<StartedService> {
  const service = given(kind, env) ?? (await start(kind, useDocker, print));
  const { host } = new URL(service.url);
  try {
    print(`${kind.name}: ${service.served} ${await kind.version(service.url)} on ${host}`);
    return service;
  } catch (error) {
    await service.stop();
    throw new Error(`${kind.name}: ${service.served} on ${host} does not answer: ${messageOf(error)}`);
  }
}

function given(kind: ServiceKind, env: NodeJS.ProcessEnv): StartedService | undefined {
  const url = env[kind.urlVariable];
  return url ? { url, served: kind.urlVariable, stop: async () => {} } : undefined;
}

async function start(kind: ServiceKind, useDocker: boolean, print: (line: string) => void): Promise<StartedService> {
  if (useDocker) {
    try {
      return await kind.startContainer();
    } catch (error) {
      print(`${kind.name}: ${kind.image} does not start (${messageOf(error)}); trying programs on this machine`);
    }
  }
  return kind.startProgram();
}
