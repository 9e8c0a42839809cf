import { defineErrors } from "./define.ts"

export const databaseErrors = defineErrors<never>({})
