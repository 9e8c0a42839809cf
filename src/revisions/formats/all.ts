import { flyway } from "./flyway.ts"
import { folders } from "./folders.ts"
import type { FolderFormat } from "./format.ts"
import { lockstep } from "./lockstep.ts"
import { sequence } from "./sequence.ts"

/** The folder formats, in the order in which a file is offered to them. */
export const folderFormats: readonly FolderFormat[] = [lockstep, flyway, folders, sequence]
