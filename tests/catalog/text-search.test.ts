import { converges } from "./converge.ts"
import { withRoles } from "./roles.ts"

const parser = `create text search parser p (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end,
  lextypes = prsd_lextype);`
const template = "create text search template t (init = dsimple_init, lexize = dsimple_lexize);"

converges("parsers, templates, dictionaries and configurations of one's own", {
  old: "",
  new: `${parser} ${template} create text search dictionary d (template = t, stopwords = 'english');
    create text search configuration c (parser = p);
    alter text search configuration c add mapping for asciiword, word with d, simple;
    comment on text search parser p is 'p'; comment on text search template t is 't';
    comment on text search dictionary d is 'd'; comment on text search configuration c is 'c';
    create table docs (body text); create index on docs using gin (to_tsvector('c', body))`,
})

converges("a dictionary gets other options", {
  old: "create text search dictionary d (template = snowball, language = 'english', stopwords = 'english')",
  new: `${withRoles("search_owner")} create text search dictionary d (template = snowball, language = 'german');
    alter text search dictionary d owner to search_owner`,
  says: ["alter text search dictionary public.d (language = 'german', stopwords)"],
})

converges("words go to other dictionaries", {
  old: `create text search configuration c (copy = english); alter text search configuration c drop mapping for url;
    create table docs (body text); create index on docs using gin (to_tsvector('c', body))`,
  new: `${withRoles("search_owner")} create text search configuration c (copy = english);
    alter text search configuration c drop mapping for email;
    alter text search configuration c alter mapping for asciiword with simple, english_stem;
    alter text search configuration c owner to search_owner;
    create table docs (body text); create index on docs using gin (to_tsvector('c', body))`,
  says: [
    "alter text search configuration public.c drop mapping for email",
    "alter text search configuration public.c add mapping for url with simple",
    "alter text search configuration public.c alter mapping for asciiword with simple, english_stem",
  ],
  saysNot: [/index/],
})

converges("a configuration reads with another parser, a dictionary and a parser have other functions", {
  old: `${parser} ${template} create text search dictionary d (template = simple);
    create text search configuration c (parser = "default")`,
  new: `create text search parser p (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end,
      lextypes = prsd_lextype, headline = prsd_headline);
    create text search template t (lexize = dsimple_lexize); create text search dictionary d (template = t);
    create text search configuration c (parser = p)`,
})
