import type { AzureAuth } from "./cloud-auth.ts"
import { ask, importLibrary, tokenOf } from "./package.ts"

interface Credential {
  getToken(scope: string): Promise<{ readonly token: string } | null>
}

type CredentialClass = new (options: { readonly managedIdentityClientId?: string }) => Credential

/** Whom tokens for Azure Database for PostgreSQL are for, in the public cloud. */
const publicScope = "https://ossrdbms-aad.database.windows.net/.default"

/**
 * Returns the function that gets a token of Microsoft Entra. The credential is kept: it remembers its token until that
 * is about to expire.
 *
 * @see Azure Database for PostgreSQL, "Microsoft Entra authentication"; `@azure/identity`
 */
export function azurePassword(
  { clientId, scope = publicScope }: AzureAuth,
  root: string,
): () => Promise<string> {
  let credential: Credential | undefined
  return async () => {
    const { DefaultAzureCredential } = await importLibrary(root, "azure", "@azure/identity")
    return ask("azure", async () => {
      credential ??= new (DefaultAzureCredential as CredentialClass)(
        clientId === undefined ? {} : { managedIdentityClientId: clientId },
      )
      return tokenOf("azure", (await credential.getToken(scope))?.token)
    })
  }
}
