/** Carries hints between processes. A hint may be lost or repeated; the database has the truth. */
export interface PubSub {
  /** Rejects when the hint could not be sent. */
  publish(topic: string, hint: unknown): Promise<void>;
  /** Resolves once hints published from now on reach the listener. @returns the function that ends it */
  subscribe(topic: string, listener: (hint: unknown) => void): Promise<() => void>;
  /** Calls the listener whenever hints may have been lost, such as after a reconnect. @returns the function that ends it */
  onGap(listener: () => void): () => void;
  close(): Promise<void>;
}
