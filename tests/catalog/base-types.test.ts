import { converges } from "./converge.ts"
import { withRoles } from "./roles.ts"

const functions = `create type word;
  create function word_in(cstring) returns word language internal immutable strict as 'textin';
  create function word_out(word) returns cstring language internal immutable strict as 'textout';`

converges("a type with its functions, and what uses it", {
  old: "",
  new: `${withRoles("type_user")} ${functions}
    create type word (input = word_in, output = word_out, like = text, category = 'S', default = 'it''s', collatable = true, delimiter = ';');
    comment on type word is 'w'; revoke usage on type word from public; grant usage on type word to type_user;
    create type small;
    create function small_in(cstring) returns small language internal immutable strict as 'int4in';
    create function small_out(small) returns cstring language internal immutable strict as 'int4out';
    create function small_receive(internal) returns small language internal immutable strict as 'int4recv';
    create type small (input = small_in, output = small_out, receive = small_receive, internallength = 4, passedbyvalue, preferred = true);
    create table t (a word, b small, c small[]); create domain d as word;
    create function length(word) returns int language sql as 'select 1'; create view v as select length(a) from t`,
})

converges("a type changes in place, and as a whole", {
  old: `${functions} create type word (input = word_in, output = word_out, like = text);`,
  new: `${withRoles("type_owner")} ${functions}
    create function word_send(word) returns bytea language internal immutable strict as 'textsend';
    create type word (input = word_in, output = word_out, send = word_send, like = text, storage = main);
    alter type word owner to type_owner`,
  says: [
    "alter type public.word set (send = public.word_send)",
    "alter type public.word set (storage = main)",
  ],
})

converges("a type gets another delimiter", {
  old: `${functions} create type word (input = word_in, output = word_out, like = text);`,
  new: `${functions} create type word (input = word_in, output = word_out, like = text, delimiter = '|');`,
})

converges("a shell", {
  old: "create type announced; create type gone; comment on type announced is 'soon'",
  new: `create type announced; create function f(announced) returns int language internal strict as 'textlen'`,
})
