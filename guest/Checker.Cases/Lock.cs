// SPDX-License-Identifier: MIT
// expect: DENALI006 9
internal static class Case
{
    private static readonly object s_gate = new();

    private static int Main()
    {
        lock (s_gate)
        {
            return 0;
        }
    }
}
