/** How one platform runs a deploy in front of the flip to new code. Each line of the files says why it is there. */
export interface Recipe {
  /** Files by their paths; none overwrites one that is there. */
  readonly files: Readonly<Record<string, string>>
  /** What the files cannot do. */
  readonly next: readonly string[]
}

const secret =
  "Give the job a secret DATABASE_URL with the migrator's user; the service keeps its own, with the application's."
const flip = "After the flip, tell which release serves: lockstep release serving <release>"

/** A recipe for each platform that `lockstep init --platform` knows. */
export const recipes = {
  "cloud-run": {
    files: {
      "deploy/cloud-run.sh": `#!/bin/sh
# Applies what is pending in a job inside the network, and flips the service only when that has succeeded.
set -eu
: "\${SERVICE:?}" "\${JOB:?}" "\${REGION:?}" "\${IMAGE:?}" "\${MIGRATOR:?}"

# The digest of the revisions in this very checkout: the job refuses any other image.
BUNDLE=$(npx lockstep bundle --json | node -p 'JSON.parse(require("fs").readFileSync(0)).result.manifest.digest')

# No retries: a failure is looked at, not repeated. The deadline lies below the task's time limit.
gcloud run jobs deploy "$JOB" --region "$REGION" --image "$IMAGE" --service-account "$MIGRATOR" \\
  --max-retries 0 --task-timeout 10m \\
  --command npx --args "lockstep,deploy,--release,$IMAGE,--expect-bundle,$BUNDLE,--deadline,540s"

# --wait: without it the flip below would not know how the job ended.
gcloud run jobs execute "$JOB" --region "$REGION" --wait

gcloud run deploy "$SERVICE" --region "$REGION" --image "$IMAGE"
`,
    },
    next: [secret, flip],
  },
  fly: {
    files: {
      "fly.deploy.toml": `# Put this into fly.toml.
[deploy]
  # Runs in a machine of its own before the new version starts; where it fails, the old version stays.
  # No shell around it. The deadline lies below the platform's limit.
  release_command = "npx lockstep deploy --deadline 270s"
`,
    },
    next: [
      secret,
      "fly limits a release command to five minutes unless told otherwise; raise both limits together.",
    ],
  },
  kubernetes: {
    files: {
      "deploy/lockstep-job.yaml": `apiVersion: batch/v1
kind: Job
metadata:
  # A new name for each release: a finished job cannot be changed.
  generateName: lockstep-deploy-
spec:
  # A failure is looked at, not repeated; the same command is safe to run again.
  backoffLimit: 0
  # The platform's limit; --deadline below lies under it.
  activeDeadlineSeconds: 600
  # Kept for a day; what happened stays in the database anyway: lockstep history --failed
  ttlSecondsAfterFinished: 86400
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: migrator
      containers:
        - name: lockstep
          # The image of the release itself, so that its revisions are the ones that it needs.
          image: IMAGE
          command: ["npx", "lockstep", "deploy", "--release", "IMAGE", "--deadline", "540s"]
          envFrom:
            - secretRef:
                name: migrator-database
`,
      "deploy/wait-init-container.yaml": `# Put this into the pod of the application: it waits, with the application's own rights, until the schema is there.
initContainers:
  - name: wait-for-schema
    image: IMAGE
    command: ["npx", "lockstep", "wait", "--timeout", "10min"]
    envFrom:
      - secretRef:
          name: app-database
`,
    },
    next: ["Create the secrets migrator-database and app-database, each with its own DATABASE_URL.", flip],
  },
  helm: {
    files: {
      "templates/lockstep-deploy.yaml": `apiVersion: batch/v1
kind: Job
metadata:
  name: "{{ .Release.Name }}-lockstep"
  annotations:
    # Before anything else of the release changes.
    "helm.sh/hook": pre-install,pre-upgrade
    # The job of a failed release stays until the next one, with its log.
    "helm.sh/hook-delete-policy": before-hook-creation
spec:
  # A failure fails the release, and is not repeated.
  backoffLimit: 0
  activeDeadlineSeconds: 600
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: lockstep
          image: "{{ .Values.image }}"
          command: ["npx", "lockstep", "deploy", "--release", "{{ .Values.image }}", "--deadline", "540s"]
          envFrom:
            - secretRef:
                # A hook runs before the chart's own objects: the secret has to be there already.
                name: migrator-database
`,
    },
    next: ["Run helm with --timeout above ten minutes.", secret],
  },
  "argo-cd": {
    files: {
      "deploy/lockstep-presync.yaml": `apiVersion: batch/v1
kind: Job
metadata:
  name: lockstep-deploy
  annotations:
    # Before the sync; where it fails, nothing is synced.
    argocd.argoproj.io/hook: PreSync
    # The job of the last sync stays until the next one, with its log.
    argocd.argoproj.io/hook-delete-policy: BeforeHookCreation
spec:
  backoffLimit: 0
  activeDeadlineSeconds: 600
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: lockstep
          image: IMAGE
          command: ["npx", "lockstep", "deploy", "--release", "IMAGE", "--deadline", "540s"]
          envFrom:
            - secretRef:
                # A hook runs before the application's own objects: the secret has to be there already.
                name: migrator-database
`,
    },
    next: [secret, flip],
  },
  github: {
    files: {
      ".github/workflows/lockstep.yml": `name: lockstep
on:
  pull_request:
  push:
    branches: [main]
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          # All commits: \`--since\` compares with the branch's beginning.
          fetch-depth: 0
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm ci
      # Everything that must hold before a merge, without a live database; shown beside the lines. In a pull request
      # also that the queries of the code it changes still work: those of queries.json, now and where it began.
      - run: npx lockstep check --format github --since "$BASE"
        env:
          BASE: \${{ github.event.pull_request.base.sha || 'HEAD' }}
  deploy:
    if: github.event_name == 'push'
    needs: check
    runs-on: ubuntu-latest
    # The environment holds the secret, and may ask for reviewers.
    environment: production
    # One deploy after the other; none is cancelled half-way.
    concurrency:
      group: lockstep-production
      cancel-in-progress: false
    timeout-minutes: 12
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm ci
      # The deadline lies below the job's limit. The flip to the new code is the next step.
      - run: npx lockstep deploy --release "$GITHUB_SHA" --deadline 600s
        env:
          DATABASE_URL: \${{ secrets.MIGRATOR_DATABASE_URL }}
`,
    },
    next: ["Add the secret MIGRATOR_DATABASE_URL to the environment production of the repository.", flip],
  },
  gitlab: {
    files: {
      "lockstep.gitlab-ci.yml": `# Include this from .gitlab-ci.yml.
lockstep-check:
  image: node:22
  script:
    - npm ci
    - npx lockstep check

lockstep-deploy:
  image: node:22
  # Where it fails, what needs it does not run: the flip to the new code belongs into a job that needs this one.
  needs: [lockstep-check]
  environment: production
  # One deploy after the other, and none repeated by itself.
  resource_group: production
  retry: 0
  timeout: 12 minutes
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - npm ci
    - npx lockstep deploy --release "$CI_COMMIT_SHA" --deadline 600s
`,
    },
    next: [
      "Add the protected variable DATABASE_URL, with the migrator's user, to the environment production.",
      flip,
    ],
  },
  render: {
    files: {
      "render.lockstep.yaml": `# Put these lines into the service in render.yaml.
services:
  - type: web
    # Runs before the new version starts; where it fails, the old version stays.
    preDeployCommand: npx lockstep deploy --deadline 540s
`,
    },
    next: [secret],
  },
  heroku: {
    files: {
      "Procfile.lockstep": `# Put this line into the Procfile: the release phase runs before the new version; where it fails, the old one stays.
release: npx lockstep deploy --deadline 55min
`,
    },
    next: [
      "The release phase also runs when configuration changes: then lockstep deploy has nothing to do, and says so.",
    ],
  },
  docker: {
    files: {
      "Dockerfile.lockstep": `# Put these lines behind \`npm ci\` in the last stage of the Dockerfile.

# The configuration and the whole folder of revisions.
COPY lockstep.config.* ./
COPY migrations ./migrations
# Made in CI by \`lockstep bundle\`, from the repository.
COPY lockstep.bundle.json ./
# Fails the build where a file is missing, instead of the deploy.
RUN npx lockstep bundle --verify

# Waits for the schema with the application's own rights, then runs it with its signals.
ENTRYPOINT ["npx", "lockstep", "entrypoint", "--"]
CMD ["node", "server.js"]
`,
    },
    next: ["Install lockstep as a dependency, not as a development dependency: the image needs it."],
  },
  terraform: {
    files: {
      "lockstep.tf": `# Deploys again when a revision changes: a README, comments and white space do not count.
data "external" "lockstep" {
  program     = ["npx", "lockstep", "hash"]
  working_dir = path.root
}

resource "terraform_data" "schema" {
  # Another digest replaces the resource, and so runs the command.
  triggers_replace = [data.external.lockstep.result.digest]

  provisioner "local-exec" {
    # Replace this with the job of your platform where the database cannot be reached from here.
    command = "npx lockstep deploy --expect-bundle \${data.external.lockstep.result.digest}"
  }
}
`,
    },
    next: ["Let the service depend on terraform_data.schema, so that it changes afterwards."],
  },
} as const satisfies Readonly<Record<string, Recipe>>

export type Platform = keyof typeof recipes

export const platforms = Object.keys(recipes) as readonly Platform[]
