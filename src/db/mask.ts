/** `scheme://user:password@`: a password that is not escaped may hold further `@` and `/`. */
const inUrl = /([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@'"]*:)[^\s'"@]*(?:@[^\s'"@?]*(?=@))*@/gi

/** `password=secret`, `"password": "secret"`, `PGPASSWORD='it\'s'`, `?sslpassword=secret&` */
const assigned =
  /((?:pass(?:word|wd|phrase)|pwd)["']?\s*[=:]\s*)('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s&'",;]+)/gi

/** `create role app password 'secret'`, also where the quotes are dollar signs */
const inSql = /(\bpassword\s+)(?:(?:e|u&)?'(?:[^']|'')*'|(\$\w*\$).*?\2)/gis

/** Tokens for logins: JSON Web Tokens (Azure), Google's access tokens, and what signs an address of AWS. */
const token =
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*|\bya29\.[\w.-]+|(?<=\bX-Amz-(?:Signature|Security-Token|Credential)=)[^&\s'"]+/gi

/**
 * Returns the text with the passwords hidden that stand in URLs, in keyword strings, in JSON and in SQL, and tokens.
 *
 * Meant for everything that is printed; hiding too much is the smaller mistake.
 */
export function maskSecrets(text: string): string {
  return text
    .replace(inUrl, "$1***@")
    .replace(assigned, maskAssigned)
    .replace(inSql, "$1'***'")
    .replace(token, "***")
}

function maskAssigned(_: string, name: string, value: string): string {
  const quote = /^['"]/.exec(value)?.[0] ?? ""
  return `${name}${quote}***${quote}`
}
