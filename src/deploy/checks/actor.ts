import { defineCheck } from "../check.ts"

export const actor = defineCheck({
  id: "actor",
  asks: "Whether a pipeline runs this, and no person at a terminal",
  otherwise: "stop",
  look({ policies, actor: who = {} }) {
    if (policies.onlyFromCi !== true) return undefined
    if (policies.terminal === true)
      return { finding: "concern", evidence: "somebody sits at a terminal", fix: "let the pipeline deploy" }
    if (who.platform === undefined)
      return {
        finding: "concern",
        evidence: "no variable says that a CI system or a platform's job runs this",
        fix: "let the pipeline deploy; lockstep knows GitHub Actions, GitLab, CircleCI, Buildkite, Cloud Run, fly.io, Heroku, Render and Kubernetes by their variables",
      }
    return { finding: "ok", evidence: [who.platform, who.user].filter(Boolean).join(", by ") }
  },
})
