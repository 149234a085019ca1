// SPDX-License-Identifier: MIT
// expect: nothing
using System.Runtime.InteropServices;

internal static unsafe class Case
{
    private static int Main() => native_sum(null, 0);

    [DllImport("*")]
    private static extern int native_sum(int* numbers, nuint count);
}
