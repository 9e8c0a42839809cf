/** Tells whether a word is a database's address, a URL or libpq's keywords, and not the name of an environment. */
export function isAddress(word: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(word) || /\b(host|dbname|service)\s*=/.test(word)
}
