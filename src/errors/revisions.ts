import { defineErrors } from "./define.ts"

export const revisionsErrors = defineErrors<never>({})
