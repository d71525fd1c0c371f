/** Named places in which a test makes a process stop, fail or die: `<transaction>:before-commit` and `:after-commit`. */
type Failpoint = `${string}:${'before-commit' | 'after-commit'}`;

/** Only the composition root hands them in; no request can reach them, and in production they do nothing. */
export type Failpoints = (point: Failpoint) => void | Promise<void>;

export const noFailpoints: Failpoints = () => undefined;
