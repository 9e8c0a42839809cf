import { dirname } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { ToolError } from "../../diagnostic.ts"
import { type Exports, exportsOf, findModule } from "../../project-module.ts"
import type { CloudProvider } from "./cloud-auth.ts"

/**
 * Imports a provider's library: the project's own, or the one that is installed beside Lockstep.
 *
 * @throws ToolError `auth-package-missing`
 */
export async function importLibrary(root: string, provider: CloudProvider, name: string): Promise<Exports> {
  const path = findModule(root, name) ?? findModule(dirname(fileURLToPath(import.meta.url)), name)
  if (path !== undefined) return exportsOf(await import(pathToFileURL(path).href))
  throw new ToolError(
    "auth-package-missing",
    `auth ${provider} needs the package ${name}, which is not installed`,
    {
      subject: name,
      hint: `npm install ${name}`,
      data: { provider, package: name },
    },
  )
}

/** What is usually missing where a provider gives no token. */
const remedies: Readonly<Record<CloudProvider, string>> = {
  google:
    "Application Default Credentials must be there (a service account, or gcloud auth application-default login), with the roles Cloud SQL Client and Cloud SQL Instance User",
  aws: "credentials must be there (a role of the task or instance, AWS_PROFILE, AWS_ACCESS_KEY_ID), and a region: auth aws,region=eu-central-1, or AWS_REGION",
  azure: "an identity must be there (a managed identity, AZURE_CLIENT_ID and its like, or az login)",
}

/**
 * Asks a provider's library for something; what it throws becomes an error that says what is usually missing.
 *
 * @throws ToolError `auth-failed`
 */
export async function ask<Answer>(provider: CloudProvider, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ToolError) throw error
    throw authFailed(provider, error instanceof Error ? error.message : String(error), error)
  }
}

/** A token that is none. */
export function authFailed(provider: CloudProvider, reason: string, cause?: unknown): ToolError {
  const [first = "", ...more] = reason.trim().split("\n")
  return new ToolError("auth-failed", `${provider} gives no token: ${first}`, {
    subject: provider,
    details: more.slice(0, 20),
    hint: remedies[provider],
    cause,
    data: { provider },
  })
}

/** Returns the token, or says that there is none. */
export function tokenOf(provider: CloudProvider, token: unknown): string {
  if (typeof token === "string" && token !== "") return token
  throw authFailed(provider, "its library answered with nothing")
}
