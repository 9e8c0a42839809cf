// Runs `upgrade` and kills itself with SIGKILL at one point of it. The point is given as KILL=<kind>:<number>:
//   step    after the nth step or revision was finished
//   before  instead of the nth message to the server
//   after   once the nth message is on its way, before its answer is read
//   ready   never; prints a line when it has connected, and whoever reads it kills
//
// LIBRARY is the URL of the bundled library. Without a point it runs to its end and prints how many points of each kind there are.

import { Socket } from "node:net"

const { upgrade } = await import(process.env.LIBRARY)

const [kind, number] = (process.env.KILL ?? "").split(":")
const counts = { step: 0, before: 0 }
let connected = false

function reach(point) {
  counts[point] += 1
  return kind === point && counts[point] === Number(number)
}

function die() {
  process.kill(process.pid, "SIGKILL")
}

// The library puts the pieces of each message together with cork() and uncork().
const uncork = Socket.prototype.uncork
Socket.prototype.uncork = function () {
  if (reach("before")) die()
  uncork.call(this)
  if (kind === "after" && counts.before === Number(number)) {
    // The message lies in the kernel now, and the answer is left there.
    this.pause()
    setImmediate(die)
  }
}

await upgrade({
  root: process.env.ROOT,
  url: process.env.URL,
  migrations: ["migrations", "repeatables"],
  cache: false,
  onEvent: ({ type }) => {
    if (kind === "ready" && !connected) process.stdout.write("ready\n")
    connected = true
    if ((type === "step-finished" || type === "revision-finished") && reach("step")) die()
  },
})
process.stdout.write(`${JSON.stringify(counts)}\n`)
