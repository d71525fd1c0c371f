import { unescape as decode } from 'node:querystring';
import type { FetchImplementation } from 'jose';

/** A set of a hundred RSA keys is a fifth of it. */
const MAX_KEYS_BYTES = 262_144;

/** Node's fetch for the keys of an identity provider, whose answer may not be longer than that. */
export const fetchKeys: FetchImplementation = async (url, options) => {
  const response = await fetch(url, options);
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel();
    return response;
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_KEYS_BYTES) throw new Error(`the answer has more than ${MAX_KEYS_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new Response(Buffer.concat(chunks));
};

/** fetch takes no credentials in a URL: they are sent as a header. */
export function withoutCredentials(url: string): { address: URL; headers: Record<string, string> } {
  const address = new URL(url);
  const { username, password } = address;
  if (username === '' && password === '') return { address, headers: {} };
  [address.username, address.password] = ['', ''];
  const credentials = [username, password].map(decode).join(':');
  return { address, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } };
}
