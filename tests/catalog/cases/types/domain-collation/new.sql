create domain d as text collate "POSIX" default 'a';
