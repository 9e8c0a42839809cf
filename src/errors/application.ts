import { defineErrors } from "./define.ts"

export const applicationErrors = defineErrors<never>({})
