/* army N: N daemons that ignore every signal, each in a session of its own; then "N up", and waiting. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int wanted = argc > 1 ? atoi(argv[1]) : 0, made = 0;
    for (int i = 0; i < wanted; i++) {
        pid_t child = fork();
        if (child == 0) {
            setsid();
            for (int s = 1; s < 65; s++)
                signal(s, SIG_IGN);
            for (;;)
                pause();
        }
        made += child > 0;
    }
    printf("%d up\n", made);
    fflush(stdout);
    for (;;)
        pause();
}
