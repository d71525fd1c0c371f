const HOST = 'Host: localhost\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';
const CLOSE = 'Connection: close\r\n';

/** A GET of /livez with these further header lines. */
export const get = (headers: string) => `GET /livez HTTP/1.1\r\n${HOST}${headers}\r\n`;
export const post = (headers: string, body: string, path = '/book') =>
  `POST ${path} HTTP/1.1\r\n${HOST}${JSON_TYPE}${headers}\r\n${body}`;
const chunked = (body: string, headers = '') => post(`Transfer-Encoding: chunked\r\n${headers}`, body);
/** Any first line at all; the connection is closed after the answer. */
const firstLine = (line: string) => `${line}\r\n${HOST}${CLOSE}\r\n`;

const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const V13 = 'Sec-WebSocket-Version: 13\r\n';
const webSocket = (headers: string) => `GET /graphql HTTP/1.1\r\n${HOST}${UPGRADE}${headers}\r\n`;
const range = `GET /docs/static/swagger-ui.css HTTP/1.1\r\n${HOST}${CLOSE}Range: bytes=999999999-\r\n\r\n`;

/** A request that must not be found within the body of another. */
const SMUGGLED = `GET /event HTTP/1.1\r\n${HOST}\r\n`;

type Shape = readonly [name: string, bytes: string];

/** Shapes on which two parsers may disagree about where a request ends: 400, and the connection is closed. */
export const SMUGGLING: readonly Shape[] = [
  ['Content-Length before Transfer-Encoding', chunked(`0\r\n\r\n${SMUGGLED}`, 'Content-Length: 4\r\n')],
  ['Transfer-Encoding before Content-Length', post('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
  ['two lengths', post('Content-Length: 2\r\nContent-Length: 40\r\n', `{}${SMUGGLED}`)],
  ['the same length twice', post('Content-Length: 2\r\nContent-Length: 2\r\n', `{}${SMUGGLED}`)],
  ['a list of lengths', post('Content-Length: 2, 2\r\n', '{}')],
  ['a length with a sign', post('Content-Length: +2\r\n', '{}')],
  ['a negative length', post('Content-Length: -1\r\n', '{}')],
  ['a hexadecimal length', post('Content-Length: 0x2\r\n', '{}')],
  ['a length of 23 digits', post(`Content-Length: ${'9'.repeat(23)}\r\n`, '{}')],
  ['an empty length', post('Content-Length:\r\n', '{}')],
  ['a last coding that is not chunked', post('Transfer-Encoding: chunked, gzip\r\n', '2\r\n{}\r\n0\r\n\r\n')],
  ['an unknown coding', post('Transfer-Encoding: xchunked\r\n', '2\r\n{}\r\n0\r\n\r\n')],
  ['two codings', chunked('2\r\n{}\r\n0\r\n\r\n', 'Transfer-Encoding: identity\r\n')],
  ['a space before the colon of a coding', post('Transfer-Encoding : chunked\r\n', '2\r\n{}\r\n0\r\n\r\n')],
  ['a chunk size that is none', chunked('zz\r\n{}\r\n0\r\n\r\n')],
  ['a negative chunk size', chunked('-2\r\n{}\r\n0\r\n\r\n')],
  ['a chunk size beyond 64 bits', chunked('11111111111111112\r\n{}\r\n0\r\n\r\n')],
  ['a chunk longer than its size', chunked('2\r\n{}X0\r\n\r\n')],
  ['chunks that end with LF only', chunked('2\n{}\n0\n\n')],
  ['a trailer that is none', chunked('2\r\n{}\r\n0\r\nno trailer\r\n\r\n')],
  ['a length as a trailer', chunked('2\r\n{}\r\n0\r\nContent-Length: 50\r\n\r\n')],
  ['lines that end with LF only', 'GET /livez HTTP/1.1\nHost: localhost\n\n'],
  ['lines that end with CR only', 'GET /livez HTTP/1.1\rHost: localhost\r\r'],
  ['a CR within a header', get('X-A: a\rX-B: b\r\n')],
  ['a LF within a header', get('X-A: a\nX-B: b\r\n')],
  ['a header on two lines', get('X-A: a\r\n b\r\n')],
  ['a space before the first header', `GET /livez HTTP/1.1\r\n ${HOST}\r\n`],
  ['a space before a colon', get('X-A : a\r\n')],
];

/** No HTTP either: 400, and the connection is closed. */
export const NO_HTTP: readonly Shape[] = [
  ['a zero byte in a header', get('X-A: a\0b\r\n')],
  ['a header without a colon', get('no colon\r\n')],
  ['a header without a name', get(': a\r\n')],
  ['a header name with brackets', get('X[A]: a\r\n')],
  ['an unknown method', firstLine('HACK /livez HTTP/1.1')],
  ['a method in lower case', firstLine('get /livez HTTP/1.1')],
  ['a method of 5,000 letters', firstLine(`${'A'.repeat(5_000)} /livez HTTP/1.1`)],
  ['no target', firstLine('GET  HTTP/1.1')],
  ['a target with a space', firstLine('GET /li vez HTTP/1.1')],
  ['a target with a control character', firstLine('GET /li\x01vez HTTP/1.1')],
  ['a target with bytes above 127', firstLine('GET /\xe9 HTTP/1.1')],
  ['a target of authority form', firstLine('GET evil.example:80 HTTP/1.1')],
  ['HTTP/1.2', firstLine('GET /livez HTTP/1.2')],
  ['HTTP/3.0', firstLine('GET /livez HTTP/3.0')],
  ['http/1.1', firstLine('GET /livez http/1.1')],
  ['no slash in the version', firstLine('GET /livez HTTP1.1')],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a TLS hello', '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03'],
  ['bytes of no meaning', '\x00\x01\x02\x03\xff\xfe\r\n\r\n'],
];

/** Well-formed, and odd: what each of them is answered with, before the connection is closed. */
export const ODD: readonly (readonly [name: string, statuses: readonly number[], bytes: string])[] = [
  ['no Host', [400], 'GET /livez HTTP/1.1\r\n\r\n'],
  ['HTTP/1.0 without Host', [200], 'GET /livez HTTP/1.0\r\n\r\n'],
  ['HTTP/0.9', [200], 'GET /livez\r\n\r\n'],
  ['a target of absolute form', [200], firstLine('GET http://evil.example/livez HTTP/1.1')],
  ['a target of absolute form, no HTTP', [404], firstLine('GET ftp://evil.example/livez HTTP/1.1')],
  ['OPTIONS of the whole server', [404], firstLine('OPTIONS * HTTP/1.1')],
  ['GET of the whole server', [404], firstLine('GET * HTTP/1.1')],
  ['CONNECT', [], firstLine('CONNECT evil.example:443 HTTP/1.1')],
  ['TRACE', [405], firstLine('TRACE /event HTTP/1.1')],
  ['PROPFIND', [405], firstLine('PROPFIND /event HTTP/1.1')],
  ['PUT', [405], firstLine('PUT /event HTTP/1.1')],
  ['DELETE', [405], firstLine('DELETE /booking/1 HTTP/1.1')],
  ['a path out of the folder', [404], firstLine('GET /docs/static/../../../../package.json HTTP/1.1')],
  ['the same, encoded', [404], firstLine('GET /docs/static/%2e%2e%2f%2e%2e%2fpackage.json HTTP/1.1')],
  ['the same, with backslashes', [404], firstLine('GET /docs/static/..%5c..%5cpackage.json HTTP/1.1')],
  ['an absolute path behind two slashes', [404], firstLine('GET /docs/static//etc/passwd HTTP/1.1')],
  ['a zero byte in a file name', [404], firstLine('GET /docs/static/index.html%00.png HTTP/1.1')],
  ['a file name of 5,000 letters', [404], firstLine(`GET /docs/static/${'a'.repeat(5_000)} HTTP/1.1`)],
  ['a range beyond the end of a file', [416], range],
  ['a path that is not validly encoded', [400], firstLine('GET /event/%zz HTTP/1.1')],
  ['a path that is not UTF-8', [400], firstLine('GET /event/%ff HTTP/1.1')],
  ['an id with a zero byte', [422], firstLine('GET /event/%00 HTTP/1.1')],
  ['an id of 300 digits', [414], firstLine(`GET /event/${'1'.repeat(300)} HTTP/1.1`)],
  ['a body of 128 KiB announced', [413], post(`Content-Length: 131072\r\n${CLOSE}`, '{}')],
  ['a chunk of 128 KiB', [413], chunked(`20000\r\n${' '.repeat(131_072)}\r\n0\r\n\r\n`, CLOSE)],
  ['a coding before chunked', [422], post(`Transfer-Encoding: gzip, chunked\r\n${CLOSE}`, '2\r\n{}\r\n0\r\n\r\n')],
  ['an expectation that nobody meets', [417], post(`Expect: magic\r\nContent-Length: 2\r\n${CLOSE}`, '{}')],
  ['an upgrade to h2c', [200], get('Connection: Upgrade, close\r\nUpgrade: h2c\r\n')],
  ['a WebSocket by POST', [400], post(`${UPGRADE}${CLOSE}Content-Length: 2\r\n`, '{}', '/graphql')],
  ['a WebSocket without a key', [400], webSocket(V13)],
  ['a WebSocket of version 12', [400], webSocket(`Sec-WebSocket-Version: 12\r\n${KEY}`)],
  ['a WebSocket of no subprotocol', [400], webSocket(`${V13}${KEY}Sec-WebSocket-Protocol: ,\r\n`)],
  ['a WebSocket of another origin', [403], webSocket(`${V13}${KEY}Origin: http://evil\r\n`)],
];
