// SPDX-License-Identifier: MIT
// expect: CS0656 8
internal static class Case
{
    private static int Main()
    {
        dynamic value = 5;
        return value + 1;
    }
}
