import type { Socket } from "node:net"
import type { GoogleAuth } from "./cloud-auth.ts"
import { ask, importLibrary, tokenOf } from "./package.ts"

interface Tokens {
  getAccessToken(): Promise<string | null | undefined>
}

type TokensClass = new (options: { readonly scopes: readonly string[] }) => Tokens

/** The right to log in to a database and nothing else, so that a server that gets the token can do no more with it. */
const loginScope = "https://www.googleapis.com/auth/sqlservice.login"

/**
 * Returns the function that gets an access token of the application's default credentials. They are kept: they remember
 * their token until it is about to expire.
 *
 * @see Cloud SQL, "Log in with manual IAM database authentication"; `google-auth-library`
 */
export function googlePassword(root: string): () => Promise<string> {
  let tokens: Tokens | undefined
  return async () => {
    const { GoogleAuth } = await importLibrary(root, "google", "google-auth-library")
    return ask("google", async () => {
      tokens ??= new (GoogleAuth as TokensClass)({ scopes: [loginScope] })
      return tokenOf("google", await tokens.getAccessToken())
    })
  }
}

interface SqlConnector {
  getOptions(options: {
    readonly instanceConnectionName: string
    readonly ipType: string
    readonly authType: string
  }): Promise<{ stream(): Socket }>
  close(): void
}

/**
 * Returns the function that opens encrypted sockets to an instance through Google's connector, which logs in with IAM.
 *
 * The connector renews its certificates by timers that keep a process alive, so it is closed with its last socket.
 *
 * @see `@google-cloud/cloud-sql-connector`
 */
export function googleStream(instance: string, ip: GoogleAuth["ip"], root: string): () => Promise<Socket> {
  let connector: SqlConnector | undefined
  let users = 0
  const leave = () => {
    users -= 1
    if (users > 0) return
    connector?.close()
    connector = undefined
  }
  return async () => {
    const { Connector } = await importLibrary(root, "google", "@google-cloud/cloud-sql-connector")
    users += 1
    try {
      const socket = await ask("google", async () => {
        connector ??= new (Connector as new () => SqlConnector)()
        const options = await connector.getOptions({
          instanceConnectionName: instance,
          ipType: (ip ?? "private").toUpperCase(),
          authType: "IAM",
        })
        return options.stream()
      })
      socket.once("close", leave)
      return socket
    } catch (error) {
      leave()
      throw error
    }
  }
}
