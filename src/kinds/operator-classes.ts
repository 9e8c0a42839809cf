import { defineKind } from "./kind.ts"
import { belongsToClass, functionText, isLoose, operatorText } from "./operator-members.ts"

/** An operator class with the operators and functions that the server lets go only with it. */
export interface OperatorClass {
  /** Quoted and qualified, without the access method that an identity has. */
  readonly qualifiedName: string
  readonly dataType: string
  readonly default: boolean
  readonly accessMethod: string
  readonly family: string
  /** Where the index stores another type. */
  readonly storage: string | null
  readonly members: readonly string[]
}

export const operatorClasses = defineKind<OperatorClass>({
  name: "operator class",
  query: (scope) => `
    select 'pg_opclass'::regclass::oid as classid, o.oid as objid, 0 as objsubid, quote_ident(o.opcname) as name,
      o.opcowner::regrole::text as owner, quote_ident(n.nspname) || '.' || quote_ident(o.opcname) as "qualifiedName",
      format_type(o.opcintype, null) as "dataType", o.opcdefault as default, quote_ident(a.amname) as "accessMethod",
      quote_ident(fn.nspname) || '.' || quote_ident(f.opfname) as family,
      case when o.opckeytype <> 0 then format_type(o.opckeytype, null) end as storage,
      array(select ${operatorText} from pg_amop m where m.amopfamily = o.opcfamily and ${belongsToClass("pg_amop")}
        order by m.amopstrategy, m.amopopr::regoperator::text collate "C")
      || array(select ${functionText} from pg_amproc m where m.amprocfamily = o.opcfamily and ${belongsToClass("pg_amproc")}
        order by m.amprocnum, m.amproc::regprocedure::text collate "C") as members
    from pg_opclass o
    join pg_namespace n on n.oid = o.opcnamespace
    join pg_am a on a.oid = o.opcmethod
    join pg_opfamily f on f.oid = o.opcfamily
    join pg_namespace fn on fn.oid = f.opfnamespace
    where ${scope.includes("pg_opclass", "o.oid", "o.opcnamespace")}`,
  // An index needs them all, and pg_depend knows only of the class.
  dependencies: () => `
    select 'pg_opclass'::regclass as classid, o.oid as objid, 0 as objsubid, 'pg_amop'::regclass as refclassid,
      m.oid as refobjid, 0 as refobjsubid, 'follows' as type
    from pg_opclass o join pg_amop m on m.amopfamily = o.opcfamily and ${isLoose("pg_amop")}
    union all
    select 'pg_opclass'::regclass, o.oid, 0, 'pg_amproc'::regclass, m.oid, 0, 'follows'
    from pg_opclass o join pg_amproc m on m.amprocfamily = o.opcfamily and ${isLoose("pg_amproc")}`,
  create: ({ properties }) => {
    const { qualifiedName, dataType, default: isDefault, accessMethod, family, storage, members } = properties
    const stored = storage ?? (members.length === 0 ? dataType : undefined)
    const items = [...(stored === undefined ? [] : [`storage ${stored}`]), ...members]
    return [
      `create operator class ${qualifiedName} ${isDefault ? "default " : ""}for type ${dataType} using ${accessMethod} family ${family} as\n  ${items.join(",\n  ")}`,
    ]
  },
  drop: ({ identity }) => [`drop operator class ${identity}`],
  alter: {
    qualifiedName: "recreate",
    dataType: "recreate",
    default: "recreate",
    accessMethod: "recreate",
    family: "recreate",
    storage: "recreate",
    members: "recreate",
  },
  facets: {
    comment: ({ identity }) => `operator class ${identity}`,
    owner: ({ identity }) => `operator class ${identity}`,
  },
})
