import type { Kept } from './kept.ts';
import { Store } from './store.ts';

const TOKEN = 'boxoffice.token';
const BUYER = 'boxoffice.buyer';

/** Who sits before this browser: the bearer of a token, or, where none is asked for, a name that it made up. */
export class Session {
  readonly auth: 'off' | 'jwt';
  readonly token: Store<string | null>;
  readonly #kept: Kept;

  constructor(auth: 'off' | 'jwt', kept: Kept) {
    this.auth = auth;
    this.#kept = kept;
    this.token = new Store(auth === 'jwt' ? kept.getItem(TOKEN) : null);
  }

  /** @param token null: to sign out */
  signIn(token: string | null): void {
    if (token === null) this.#kept.removeItem(TOKEN);
    else this.#kept.setItem(TOKEN, token);
    this.token.set(token);
  }

  /** What a request or a socket says of who asks. */
  authorization(): { authorization?: string } {
    const token = this.token.get();
    return token === null ? {} : { authorization: `Bearer ${token}` };
  }

  /** Whether somebody is known who could buy. */
  canBuy(): boolean {
    return this.auth === 'off' || this.token.get() !== null;
  }

  /** Of whom books; null: whom the token names. */
  userId(): string | null {
    if (this.auth === 'jwt') return null;
    const known = this.#kept.getItem(BUYER);
    if (known) return known;
    const made = `browser-${crypto.randomUUID()}`;
    this.#kept.setItem(BUYER, made);
    return made;
  }
}
