create table w (a int) with (autovacuum_enabled=false, toast.autovacuum_enabled=false, autovacuum_vacuum_scale_factor=0.01, parallel_workers=2);
