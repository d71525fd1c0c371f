import { eventually } from './eventually.ts';
import { type FrameSocket, messageFrame, openFrameSocket } from './raw-frames.ts';

const open: FrameSocket[] = [];

/** A socket of bare frames that has gone through connection_init. */
export async function acknowledged(url: string, connectionParams?: object): Promise<FrameSocket> {
  const client = await openFrameSocket(url);
  open.push(client);
  client.socket.write(messageFrame({ type: 'connection_init', payload: connectionParams }));
  await eventually(() => client.messages().length === 1);
  return client;
}

export function closeFrameSockets(): void {
  for (const { socket } of open.splice(0)) socket.destroy();
}

/** In one write, so that they arrive together. */
export function write({ socket }: FrameSocket, messages: readonly object[]): void {
  socket.write(Buffer.concat(messages.map(messageFrame)));
}

export const complete = (id: string) => ({ id, type: 'complete' });

/** What the server has sent under this id. */
export function sentFor(id: string, client: FrameSocket): Record<string, unknown>[] {
  return client.messages().filter((message) => message['id'] === id);
}
