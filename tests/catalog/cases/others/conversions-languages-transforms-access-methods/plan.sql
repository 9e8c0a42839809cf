begin;

create access method am type index handler bthandler;

comment on access method am is 'x';

create default conversion public.conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;

commit;
