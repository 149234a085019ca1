// SPDX-License-Identifier: MIT
// Calls with every kind of frame that a compiler makes: plain, saved registers, a frame pointer, recursion.

extern void capture(void);

static volatile long sink;

__attribute__((noinline, noipa)) long inner(long a, long b)
{
    long sum = a;
    for (long i = 0; i < b; i++)
    {
        sum += i ^ sink;
    }

    capture();
    return sum + sink;
}

__attribute__((noinline, noipa)) long recurse(long depth, long a)
{
    long kept = a * depth;
    long deeper = depth == 0 ? inner(a, 3) : recurse(depth - 1, a + 1);
    sink += kept;
    return deeper + kept;
}

__attribute__((noinline, noipa)) long variable(long length)
{
    volatile long room[length];
    room[0] = length;
    room[length - 1] = recurse(3, room[0]);
    return room[length - 1] + room[0];
}

__attribute__((noinline, noipa)) long middle(long a, long b, long c, long d, long e, long f, long g, long h)
{
    long x = a + b, y = c + d, z = e + f, w = g + h;
    long result = variable(x + 5);
    sink = y;
    result += sink * z;
    return result + x + y + z + w;
}

__attribute__((noinline, noipa)) void outer(void)
{
    sink = middle(1, 2, 3, 4, 5, 6, 7, 8);
    for (;;)
    {
    }
}
