import { connect, createServer, type Socket } from "node:net"

/** Where a connection is cut when a message goes by. */
export interface Cut {
  /** Cut when the client sends this text; letters match in either case. */
  readonly when: string
  /**
   * `before`: the server never sees the message. `after`: the server has dealt with it, and the client never sees the
   * answer.
   */
  readonly side: "before" | "after"
}

/** A TCP proxy that does to connections what networks do. */
export interface Proxy extends AsyncDisposable {
  /** The target's URL with the proxy's address in it. */
  readonly url: string
  readonly port: number
  /** How many connections were opened so far. */
  readonly opened: number
  /** Cuts the first connection, open now or later, on which the message is sent. */
  cutOnce(cut: Cut): void
  /** Puts other words, as long as these, into the first message that holds them: what the server refuses then. */
  replaceOnce(words: string, others: string): void
  /** Holds back everything that is sent from now on. */
  delay(ms: number): void
  /** Swallows everything, in both directions, and leaves the sockets open: a firewall that forgot the connection. */
  blackHole(): void
  /** Ends all connections at once, as a restarting router does. */
  cutAll(): void
  /** Ends the clients' side of all connections alone: the server does not notice. */
  cutClients(): void
  close(): Promise<void>
}

/** Starts a proxy in front of the server of `url`, which must be a TCP address. */
export async function startProxy(url: string): Promise<Proxy> {
  const target = new URL(url)
  const pairs = new Set<readonly [client: Socket, server: Socket]>()
  const faults: Faults = { cut: undefined, replace: undefined, delayMs: 0, swallow: false }
  const abandoned = new Set<Socket>()
  let opened = 0

  const listener = createServer((client) => {
    opened++
    const server = connect(Number(target.port), target.hostname)
    const pair = [client, server] as const
    pairs.add(pair)
    join(client, server, faults)
    for (const socket of pair) {
      socket.on("error", () => undefined)
      socket.on("close", () => {
        if (abandoned.has(socket)) return
        pairs.delete(pair)
        for (const each of pair) each.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve))
  const port = (listener.address() as { port: number }).port
  const proxied = new URL(url)
  proxied.hostname = "127.0.0.1"
  proxied.port = String(port)

  const cutAll = () => {
    for (const pair of pairs) reset(...pair)
  }
  const close = async () => {
    cutAll()
    await new Promise<void>((resolve) => listener.close(() => resolve()))
  }
  return {
    url: proxied.href,
    port,
    get opened() {
      return opened
    },
    cutOnce: (cut) => {
      faults.cut = cut
    },
    replaceOnce: (words, others) => {
      if (words.length !== others.length) throw new Error("a message says how long it is")
      faults.replace = { words, others }
    },
    delay: (ms) => {
      faults.delayMs = ms
    },
    blackHole: () => {
      faults.swallow = true
    },
    cutAll,
    cutClients: () => {
      for (const [client] of pairs) {
        abandoned.add(client)
        reset(client)
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

interface Faults {
  cut: Cut | undefined
  replace: { readonly words: string; readonly others: string } | undefined
  delayMs: number
  swallow: boolean
}

function join(client: Socket, server: Socket, faults: Faults): void {
  let answerIsLost = false
  let sent = ""
  const forward = (to: Socket, chunk: Buffer) => {
    if (faults.swallow) return
    if (faults.delayMs === 0) to.write(chunk)
    else setTimeout(() => to.write(chunk), faults.delayMs)
  }
  client.on("data", (chunk) => {
    const { cut } = faults
    // A message may arrive in pieces.
    sent = (sent + chunk.toString("latin1")).slice(-(chunk.length + (cut?.when.length ?? 0)))
    if (cut !== undefined && sent.toLowerCase().includes(cut.when.toLowerCase())) {
      faults.cut = undefined
      if (cut.side === "before") {
        reset(client, server)
        return
      }
      answerIsLost = true
    }
    forward(server, replaced(chunk, faults))
  })
  server.on("data", (chunk) => {
    if (answerIsLost) reset(client, server)
    else forward(client, chunk)
  })
  client.on("end", () => server.end())
  server.on("end", () => client.end())
}

function replaced(chunk: Buffer, faults: Faults): Buffer {
  const { replace } = faults
  if (replace === undefined || !chunk.includes(replace.words)) return chunk
  faults.replace = undefined
  return Buffer.from(chunk.toString("latin1").replace(replace.words, replace.others), "latin1")
}

function reset(...sockets: readonly Socket[]): void {
  for (const socket of sockets) socket.resetAndDestroy()
}
