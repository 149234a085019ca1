// expect: DENALI007 7
// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

internal static class Case
{
    private static int Main() => getpid();

    [DllImport("libc")]
    private static extern int getpid();
}
