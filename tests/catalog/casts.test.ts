import { converges } from "./converge.ts"

const types = "create type pair as (a int, b int); create type mood as enum ('sad');"
const functions = `create function to_pair(int) returns pair language sql immutable as 'select row($1, $1)::pair';
  create function to_mood(int, int, boolean) returns mood language sql immutable as 'select ''sad''::mood';`

converges("casts by function, by text and by nothing, and a view that uses one", {
  old: "",
  new: `${types} ${functions} create cast (int as pair) with function to_pair(int) as assignment;
    create cast (int as mood) with function to_mood(int, int, boolean);
    create cast (pair as json) with inout as implicit; create cast (bigint as timestamp) without function;
    comment on cast (int as pair) is 'twice'; create type r as range (subtype = int);
    create view v as select 1::pair as p`,
})

converges("a cast becomes implicit", {
  old: `${types} ${functions} create cast (int as pair) with function to_pair(int); create view v as select 1::pair as p`,
  new: `${types} ${functions} create cast (int as pair) with function to_pair(int) as implicit; create view v as select 1::pair as p`,
})
