create table t (a text) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.2, toast.autovacuum_vacuum_threshold = 77);
