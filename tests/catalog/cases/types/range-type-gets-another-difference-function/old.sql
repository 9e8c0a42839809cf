create type floats as range (subtype = float8, multirange_type_name = floatsmultirange);
create table t (id int, f floats, m floatsmultirange[]);
create type pair as (f floats, m floatsmultirange);
