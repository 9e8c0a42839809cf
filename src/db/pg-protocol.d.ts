/** The parts of `pg` that have no types of their own. */
declare module "pg/lib/crypto/sasl.js" {
  import type { TLSSocket } from "node:tls"

  interface SaslSession {
    readonly mechanism: string
    readonly response: string
  }

  const sasl: {
    startSession(mechanisms: readonly string[], stream: TLSSocket | false): SaslSession
    continueSession(
      session: SaslSession,
      password: string,
      data: string,
      stream: TLSSocket | false,
    ): Promise<void>
    finalizeSession(session: SaslSession, data: string): void
  }
  export default sasl
}

declare module "pg/lib/crypto/utils.js" {
  const crypto: {
    postgresMd5PasswordHash(user: string, password: string, salt: Buffer): Promise<string>
  }
  export default crypto
}
