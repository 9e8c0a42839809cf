// Starts two throwaway servers and prints their URLs, for scoring by hand: `jiti tests/corpus/servers.ts 15`.
import { startServer } from "../../src/scratch/embedded.ts"

const major = Number(process.argv[2] ?? "15")
const servers = await Promise.all(
  [1, 2].map(() => startServer({ major, settings: { wal_level: "logical" } })),
)
console.log(servers.map((server) => server.url()).join(","))
process.on("SIGTERM", () => process.exit(0))
setInterval(() => {}, 60_000)
