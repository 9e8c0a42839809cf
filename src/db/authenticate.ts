import type { Socket } from "node:net"
import { serialize } from "pg-protocol"
import type { AuthenticationMD5Password, BackendMessage } from "pg-protocol/dist/messages.js"
import type { ConnectionSettings } from "./connection-settings.ts"

/** The server wants a password and there is none. */
export class PasswordMissing extends Error {
  override readonly name = "PasswordMissing"
}

/** The settings demand a proof of the server that it does not offer. */
export class ChannelBindingRefused extends Error {
  override readonly name = "ChannelBindingRefused"
}

/** Answers a server's demand for proof of identity. */
export type Authenticate = (message: BackendMessage) => Promise<Buffer | undefined>

/** Returns the client's side of the authentication of one connection, which may take several messages. */
export function authenticator(settings: ConnectionSettings, socket: Socket): Authenticate {
  const { user, tls } = settings
  const stream = tls.channelBinding && "getPeerCertificate" in socket ? (socket as never) : false
  let proven = false
  let conversation: Conversation | undefined

  const password = async () => {
    const answer = await settings.password?.()
    if (!answer) throw new PasswordMissing("the server asks for a password, and none was given")
    return answer
  }

  return async (message) => {
    if (tls.channelBinding && !proven && message.name !== "authenticationSASL") {
      throw new ChannelBindingRefused("the server does not offer channel binding, which the settings demand")
    }
    switch (message.name) {
      case "authenticationCleartextPassword":
        return serialize.password(await password())
      case "authenticationMD5Password": {
        const { default: crypto } = await import("pg/lib/crypto/utils.js")
        const { salt } = message as AuthenticationMD5Password
        return serialize.password(await crypto.postgresMd5PasswordHash(user, await password(), salt))
      }
      case "authenticationSASL": {
        const { default: sasl } = await import("pg/lib/crypto/sasl.js")
        const session = sasl.startSession((message as SaslOffer).mechanisms, stream)
        proven = session.mechanism === "SCRAM-SHA-256-PLUS"
        if (tls.channelBinding && !proven) {
          throw new ChannelBindingRefused(
            "the server does not offer channel binding, which the settings demand",
          )
        }
        conversation = { sasl, session }
        return serialize.sendSASLInitialResponseMessage(session.mechanism, session.response)
      }
      case "authenticationSASLContinue": {
        const { sasl, session } = begun(conversation)
        await sasl.continueSession(session, await password(), (message as SaslData).data, stream)
        return serialize.sendSCRAMClientFinalMessage(session.response)
      }
      case "authenticationSASLFinal": {
        const { sasl, session } = begun(conversation)
        sasl.finalizeSession(session, (message as SaslData).data)
        return undefined
      }
      default:
        return undefined
    }
  }
}

interface Conversation {
  readonly sasl: typeof import("pg/lib/crypto/sasl.js").default
  readonly session: ReturnType<Conversation["sasl"]["startSession"]>
}

interface SaslOffer extends BackendMessage {
  readonly mechanisms: readonly string[]
}

interface SaslData extends BackendMessage {
  readonly data: string
}

function begun(conversation: Conversation | undefined): Conversation {
  if (conversation === undefined)
    throw new Error("the server goes on with a SASL exchange that it did not begin")
  return conversation
}
