/** Of messages that are loaded with their page, those of a language that `words.ts` has chosen. */
export function chosen<Messages>(
  language: string,
  messages: { readonly en: Messages; readonly de: Messages },
): Messages {
  return language.startsWith('de') ? messages.de : messages.en;
}
