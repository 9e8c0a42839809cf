create type floats as range (subtype = float8, subtype_diff = float8mi, multirange_type_name = floatsmultirange);
create table t (id int, f floats, m floatsmultirange[]);
create type pair as (f floats, m floatsmultirange);
create function diff(floats) returns float8 language sql as 'select upper($1) - lower($1)';
