#!/usr/bin/env node
import { keepCompiledCode } from "./compile-cache.ts"

keepCompiledCode()
const { runProcess } = await import("./process.ts")
await runProcess()
