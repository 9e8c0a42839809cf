import { defineErrors } from "./define.ts"

export const sqlErrors = defineErrors<never>({})
