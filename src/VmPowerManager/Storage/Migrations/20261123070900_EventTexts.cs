using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace VmPowerManager.Storage.Migrations
{
    /// <inheritdoc />
    public partial class EventTexts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Text",
                table: "Events",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Text",
                table: "Events");
        }
    }
}
