create function f() returns setof int language sql rows 50 as 'select 1';
create function w(int) returns int language internal window immutable as 'window_row_number';
