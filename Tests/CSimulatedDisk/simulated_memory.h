#ifndef SIMULATED_MEMORY_H
#define SIMULATED_MEMORY_H

/// Lets SQLite keep what it frees for what it asks for next: worlds open a database for every restart and compile its
/// statements anew, and the system's SQLite may be built without its own small-block memory.
void simulated_memory_register(void);

#endif
