/** Replaces passwords in URLs and keyword strings. */
export function maskText(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^:@/\s]*:)[^@/\s]+@/gi, "$1***@")
    .replace(/(\bpassword\s*=\s*)('[^']*'|[^\s'&]+)/gi, "$1***")
}
