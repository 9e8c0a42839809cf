import type { CheckOfFile } from "./file-checks.ts"

/** One file of a recipe. Each line that decides something says why it is there. */
export interface RecipeFile {
  /** `MIGRATIONS` in it stands for a folder of revisions; a line with it is there once for each. */
  readonly text: string
  /** What has looked at it. */
  readonly check: CheckOfFile
}

/** How one platform runs a deploy in front of the flip to new code. */
export interface Recipe {
  /** By their paths; none overwrites one that is there. */
  readonly files: Readonly<Record<string, RecipeFile>>
  /** What the files cannot do. */
  readonly next: readonly string[]
}

const secret =
  "Give the job a secret DATABASE_URL with the migrator's user; the service keeps its own, with the application's."
/** Platforms that run the release phase with the application's own variables. */
const shared =
  "The release phase has the application's variables: put the migrator's address into LOCKSTEP_URL, which Lockstep takes before DATABASE_URL. The application could read it too; only a platform with a job of its own keeps the two apart."
const flip = "After the flip, tell which release serves: lockstep release serving <release>"

/** A recipe for each platform that `lockstep init --platform` knows. */
export const recipes = {
  "cloud-run": {
    files: {
      "deploy/cloud-run.sh": {
        check: "shell",
        text: `#!/bin/sh
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
    },
    next: [secret, flip],
  },
  fly: {
    files: {
      "fly.deploy.toml": {
        check: "fly",
        text: `# Put this into fly.toml.
[deploy]
  # Runs in a machine of its own before the new version starts; where it fails, the old version stays.
  # No shell around it. The deadline lies below the platform's limit.
  release_command = "npx lockstep deploy --deadline 270s"
`,
      },
    },
    next: [
      shared,
      "fly limits a release command to five minutes unless told otherwise; raise both limits together.",
    ],
  },
  kubernetes: {
    files: {
      "deploy/lockstep-job.yaml": {
        check: "kubernetes",
        text: `apiVersion: batch/v1
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
      # Nor does the node start it again.
      restartPolicy: Never
      # Its own identity: the application's must not be able to do what it does.
      serviceAccountName: migrator
      containers:
        - name: lockstep
          # The image of the release itself, so that its revisions are the ones that it needs.
          image: IMAGE
          # No shell: the exit code is the program's. --release is what the history says was about to serve.
          command: ["npx", "lockstep", "deploy", "--release", "IMAGE", "--deadline", "540s"]
          envFrom:
            # DATABASE_URL of the migrator.
            - secretRef:
                name: migrator-database
`,
      },
      "deploy/wait-init-container.yaml": {
        check: "kubernetes-pod",
        text: `# Put this into the pod of the application: it waits, with the application's own rights, until the schema is there.
initContainers:
  - name: wait-for-schema
    image: IMAGE
    command: ["npx", "lockstep", "wait", "--timeout", "10min"]
    envFrom:
      # DATABASE_URL of the application: it may read which revisions are applied, and nothing more is needed.
      - secretRef:
          name: app-database
`,
      },
    },
    next: [
      "Create the service account migrator and the secrets migrator-database and app-database, each with its own DATABASE_URL.",
      "In front of the new image: job=$(kubectl create -f deploy/lockstep-job.yaml -o name), then kubectl wait --for=condition=complete --timeout=11m $job; only when that succeeds, apply the deployment.",
      flip,
    ],
  },
  helm: {
    files: {
      "templates/lockstep-deploy.yaml": {
        check: "kubernetes",
        text: `apiVersion: batch/v1
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
  # The platform's limit; --deadline below lies under it.
  activeDeadlineSeconds: 600
  template:
    spec:
      # Nor does the node start it again.
      restartPolicy: Never
      # Its own identity. A hook runs before the chart's own objects: the account has to be there already.
      serviceAccountName: migrator
      containers:
        - name: lockstep
          # The image of the release itself, so that its revisions are the ones that it needs.
          image: "{{ .Values.image }}"
          # No shell: the exit code is the program's.
          command: ["npx", "lockstep", "deploy", "--release", "{{ .Values.image }}", "--deadline", "540s"]
          envFrom:
            - secretRef:
                # A hook runs before the chart's own objects: the secret has to be there already.
                name: migrator-database
`,
      },
    },
    next: ["Run helm with --timeout above ten minutes.", secret],
  },
  "argo-cd": {
    files: {
      "deploy/lockstep-presync.yaml": {
        check: "kubernetes",
        text: `apiVersion: batch/v1
kind: Job
metadata:
  name: lockstep-deploy
  annotations:
    # Before the sync; where it fails, nothing is synced.
    argocd.argoproj.io/hook: PreSync
    # The job of the last sync stays until the next one, with its log.
    argocd.argoproj.io/hook-delete-policy: BeforeHookCreation
spec:
  # A failure fails the sync, and is not repeated.
  backoffLimit: 0
  # The platform's limit; --deadline below lies under it.
  activeDeadlineSeconds: 600
  template:
    spec:
      # Nor does the node start it again.
      restartPolicy: Never
      # Its own identity, which has to be there already.
      serviceAccountName: migrator
      containers:
        - name: lockstep
          # The image of the release itself, so that its revisions are the ones that it needs.
          image: IMAGE
          # No shell: the exit code is the program's.
          command: ["npx", "lockstep", "deploy", "--release", "IMAGE", "--deadline", "540s"]
          envFrom:
            - secretRef:
                # A hook runs before the application's own objects: the secret has to be there already.
                name: migrator-database
`,
      },
    },
    next: [secret, flip],
  },
  github: {
    files: {
      ".github/workflows/lockstep.yml": {
        check: "github",
        text: `name: lockstep
on:
  pull_request:
  push:
    branches: [main]
jobs:
  check:
    runs-on: ubuntu-latest
    permissions:
      contents: read
      # For the comment that says what was found; it is the same one each time. A push has none.
      pull-requests: write
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
      - run: npx lockstep check --format github --since "$BASE" --comment
        env:
          BASE: \${{ github.event.pull_request.base.sha || 'HEAD' }}
          GITHUB_TOKEN: \${{ github.token }}
  deploy:
    if: github.event_name == 'push'
    needs: check
    runs-on: ubuntu-latest
    # Nothing of the repository is written.
    permissions:
      contents: read
    # The environment holds the secret, and may ask for reviewers.
    environment: production
    # One deploy after the other; none is cancelled half-way.
    concurrency:
      group: lockstep-production
      cancel-in-progress: false
    # The platform's limit; --deadline below lies under it. A job that failed is started again by nobody but a person.
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
          # The migrator's own user; the application has another.
          DATABASE_URL: \${{ secrets.MIGRATOR_DATABASE_URL }}
`,
      },
    },
    next: ["Add the secret MIGRATOR_DATABASE_URL to the environment production of the repository.", flip],
  },
  gitlab: {
    files: {
      "lockstep.gitlab-ci.yml": {
        check: "gitlab",
        text: `# Include this from .gitlab-ci.yml.
lockstep-check:
  image: node:22
  script:
    - npm ci
    # Everything that must hold before a merge, without a live database.
    - npx lockstep check

lockstep-deploy:
  image: node:22
  # Where it fails, what needs it does not run: the flip to the new code belongs into a job that needs this one.
  needs: [lockstep-check]
  # Its variables are those of the migrator, and only protected branches get them.
  environment: production
  # One deploy after the other, and none repeated by itself.
  resource_group: production
  retry: 0
  # The platform's limit; --deadline below lies under it.
  timeout: 12 minutes
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - npm ci
    - npx lockstep deploy --release "$CI_COMMIT_SHA" --deadline 600s
`,
      },
    },
    next: [
      "Add the protected variable DATABASE_URL, with the migrator's user, to the environment production.",
      flip,
    ],
  },
  render: {
    files: {
      "render.lockstep.yaml": {
        check: "none",
        text: `# Put these lines into the service in render.yaml.
services:
  - type: web
    # Runs before the new version starts; where it fails, the old version stays, and nothing is tried again. The deadline
    # ends it cleanly.
    preDeployCommand: npx lockstep deploy --deadline 540s
`,
      },
    },
    next: [shared],
  },
  heroku: {
    files: {
      "Procfile.lockstep": {
        check: "none",
        text: `# Put this line into the Procfile: the release phase runs before the new version; where it fails, the old one stays, and
# nothing is tried again. The deadline lies below the hour after which the platform ends it.
release: npx lockstep deploy --deadline 55min
`,
      },
    },
    next: [
      shared,
      "The release phase also runs when configuration changes: then lockstep deploy has nothing to do, and says so.",
    ],
  },
  docker: {
    files: {
      "Dockerfile.lockstep": {
        check: "dockerfile",
        text: `# Put these lines behind \`npm ci\` in the last stage of the Dockerfile.

# The configuration and the whole folder of revisions.
COPY lockstep.config.* ./
COPY MIGRATIONS ./MIGRATIONS
# Made in CI by \`lockstep bundle\`, from the repository.
COPY lockstep.bundle.json ./
# Fails the build where a file is missing, instead of the deploy.
RUN npx lockstep bundle --verify

# Waits for the schema with the application's own rights, then runs it with its signals.
ENTRYPOINT ["npx", "lockstep", "entrypoint", "--"]
CMD ["node", "server.js"]
`,
      },
    },
    next: ["Install lockstep as a dependency, not as a development dependency: the image needs it."],
  },
  terraform: {
    files: {
      "lockstep.tf": {
        check: "none",
        text: `# Deploys again when a revision changes: a README, comments and white space do not count.
data "external" "lockstep" {
  program     = ["npx", "lockstep", "hash"]
  working_dir = path.root
}

resource "terraform_data" "schema" {
  # Another digest replaces the resource, and so runs the command.
  triggers_replace = [data.external.lockstep.result.digest]

  provisioner "local-exec" {
    # Replace this with the job of your platform where the database cannot be reached from here.
    # It runs once, with the identity of whoever applies: give that one the migrator's DATABASE_URL, and no other.
    command = "npx lockstep deploy --deadline 540s --expect-bundle \${data.external.lockstep.result.digest}"
  }
}
`,
      },
    },
    next: ["Let the service depend on terraform_data.schema, so that it changes afterwards."],
  },
} as const satisfies Readonly<Record<string, Recipe>>

/** What asks before a merge, for platforms that only run: by the forge that the project uses. */
export const pullRequestChecks: Readonly<Record<"github" | "gitlab", Recipe["files"]>> = {
  github: {
    ".github/workflows/lockstep-check.yml": {
      check: "github",
      text: `name: lockstep-check
on: pull_request
jobs:
  check:
    runs-on: ubuntu-latest
    permissions:
      contents: read
      # For the comment that says what was found; it is the same one each time.
      pull-requests: write
    steps:
      - uses: actions/checkout@v4
        with:
          # All commits: \`--since\` compares with the branch's beginning.
          fetch-depth: 0
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm ci
      # Everything that must hold before a merge, without a live database; shown beside the lines.
      - run: npx lockstep check --format github --since "$BASE" --comment
        env:
          BASE: \${{ github.event.pull_request.base.sha }}
          GITHUB_TOKEN: \${{ github.token }}
`,
    },
  },
  gitlab: {
    "lockstep-check.gitlab-ci.yml": {
      check: "gitlab",
      text: `# Include this from .gitlab-ci.yml.
lockstep-check:
  image: node:22
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    - npm ci
    # Everything that must hold before a merge, without a live database.
    - npx lockstep check
`,
    },
  },
}

export type Platform = keyof typeof recipes

export const platforms = Object.keys(recipes) as readonly Platform[]
