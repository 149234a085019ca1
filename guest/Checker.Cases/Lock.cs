// expect: DENALI006 9
// SPDX-License-Identifier: MIT
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
