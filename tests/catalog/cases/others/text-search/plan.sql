begin;

alter text search dictionary public.d (stopwords);

alter text search configuration public.c add mapping for asciiword with simple, public.d;

alter text search configuration public.c alter mapping for word with simple, public.d;

create text search configuration public.c2 (parser = pg_catalog."default");

alter text search configuration public.c2 add mapping for asciihword with english_stem;

alter text search configuration public.c2 add mapping for asciiword with english_stem;

alter text search configuration public.c2 add mapping for email with simple;

alter text search configuration public.c2 add mapping for file with simple;

alter text search configuration public.c2 add mapping for "float" with simple;

alter text search configuration public.c2 add mapping for host with simple;

alter text search configuration public.c2 add mapping for hword with english_stem;

alter text search configuration public.c2 add mapping for hword_asciipart with english_stem;

alter text search configuration public.c2 add mapping for hword_numpart with simple;

alter text search configuration public.c2 add mapping for hword_part with english_stem;

alter text search configuration public.c2 add mapping for "int" with simple;

alter text search configuration public.c2 add mapping for numhword with simple;

alter text search configuration public.c2 add mapping for numword with simple;

alter text search configuration public.c2 add mapping for sfloat with simple;

alter text search configuration public.c2 add mapping for uint with simple;

alter text search configuration public.c2 add mapping for url with simple;

alter text search configuration public.c2 add mapping for url_path with simple;

alter text search configuration public.c2 add mapping for version with simple;

alter text search configuration public.c2 add mapping for word with english_stem;

comment on text search configuration public.c2 is 'x';

commit;
