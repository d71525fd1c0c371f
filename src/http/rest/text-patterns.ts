// Valid in every dialect that reads OpenAPI documents: no \u, no \p, no lookahead. JavaScript, with and without the flag u,
// Python, Go, Java and Rust agree on what they mean. That a text is well-formed is checked apart.
const CONTROL = '\\x00-\\x1F\\x7F-\\x9F';

export const NO_CONTROL_CHARACTERS = {
  pattern: `^[^${CONTROL}]*$`,
  'x-pattern-message': 'must not contain control characters',
} as const;

export const NOT_BLANK = {
  pattern: `^[^${CONTROL}]*[^\\s${CONTROL}][^${CONTROL}]*$`,
  'x-pattern-message': 'must not be blank or contain control characters',
} as const;
