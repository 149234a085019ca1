// expect: DENALI005 7
// SPDX-License-Identifier: MIT
internal static class Case
{
    private static int Main()
    {
        int[,] grid = new int[3, 4];
        return grid[0, 0];
    }
}
