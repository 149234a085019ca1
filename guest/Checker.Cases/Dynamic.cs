// expect: CS0656 8
// SPDX-License-Identifier: MIT
internal static class Case
{
    private static int Main()
    {
        dynamic value = 5;
        return value + 1;
    }
}
