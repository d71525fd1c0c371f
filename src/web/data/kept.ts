/** Texts by name that outlive a document. */
export type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** For as long as this document lives, where nothing else may be kept. */
export function keptInMemory(): Kept {
  const texts = new Map<string, string>();
  return {
    getItem: (name) => texts.get(name) ?? null,
    setItem: (name, text) => void texts.set(name, text),
    removeItem: (name) => void texts.delete(name),
  };
}

/** Browsers may be told to keep nothing, and then throw. */
export function keptInBrowser(of: 'localStorage' | 'sessionStorage'): Kept {
  try {
    const storage = window[of];
    storage.setItem('boxoffice.probe', '1');
    storage.removeItem('boxoffice.probe');
    return storage;
  } catch {
    return keptInMemory();
  }
}
