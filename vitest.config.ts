import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    pool: "threads",
    // No test changes a module for others; loading them once for all files takes a third off the time.
    isolate: false,
    globalSetup: "tests/servers.ts",
    // Half of a test's time is the server's or a child's, so that even two cores carry two files at once.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // For what hangs, not for what is slow: a busy machine makes a test of one second take thirty.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
