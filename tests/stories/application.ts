import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as pause } from "node:timers/promises"
import pg from "pg"

/** One release of a small application that serves. */
export interface Release {
  readonly address: string
  stop(): Promise<void>
}

/** Serves one release: each request reads and writes, with the queries of its own time. */
export async function release(url: string, queries: readonly string[]): Promise<Release> {
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  const server = createServer((_, answer) => {
    void (async () => {
      try {
        for (const query of queries) await pool.query(query)
        answer.end("ok")
      } catch (error) {
        answer.statusCode = 500
        answer.end(String(error))
      }
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}/`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await pool.end()
    },
  }
}

/** People who use the application all the time, at whatever address serves. */
export interface Load extends AsyncDisposable {
  /** The flip: requests from now on go there. Returns when the first of them was answered. */
  flip(address: string): Promise<void>
  /** Lets every request that was begun end, and returns what they came to. */
  stop(): Promise<{ readonly requests: number; readonly failures: readonly string[] }>
}

/** Sends requests, two at a time, until it is stopped. */
export function underLoad(address: string): Load {
  let serving = address
  let done = false
  let requests = 0
  const failures: string[] = []
  const request = async () => {
    const answer = await fetch(serving)
    const text = await answer.text()
    requests += 1
    if (!answer.ok) failures.push(text)
  }
  const people = Array.from({ length: 2 }, async () => {
    while (!done) {
      await request()
      // The processor is for what is being tested.
      await pause(25)
    }
  })
  const stop = async () => {
    done = true
    await Promise.all(people)
    return { requests, failures }
  }
  return {
    async flip(next) {
      serving = next
      await request()
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
    },
  }
}
